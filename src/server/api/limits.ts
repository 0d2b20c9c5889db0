/** Bodies of control-plane requests: AWS's own limits are smaller where it documents one. */
export const CONTROL_BODY_BYTES_MAX = 1024 * 1024;

/** DeleteObjects: 1,000 keys of up to 1,024 bytes, escaped. */
export const DELETE_OBJECTS_BODY_BYTES_MAX = 2 * 1024 * 1024;

/** CompleteMultipartUpload: 10,000 parts, each with its ETag escaped and a checksum. */
export const COMPLETION_BODY_BYTES_MAX = 4 * 1024 * 1024;

/** Of anonymous requests, those whose body is read into memory at once. */
export const ANONYMOUS_BODIES_MAX = 8;

/** AWS: all headers of a PUT together. */
export const PUT_HEADER_BYTES_MAX = 8 * 1024;

/**
 * Forms being read whose sender is not known yet: strangers who send slowly are to fill no more
 * than a part of the requests that a process takes at once.
 */
export const FORMS_BEGUN_MAX = 256;

/** AWS: all fields of a form before its file. */
export const FORM_FIELDS_BYTES_MAX = 20 * 1024;
export const FORM_FIELDS_MAX = 200;
export const FORM_FIELD_NAME_BYTES_MAX = 256;
export const FORM_PART_HEADER_BYTES_MAX = 8 * 1024;

/** A form's file up to this size is read before it is written, so that its length is known. */
export const FORM_FILE_HELD_BYTES_MAX = 32 * 1024;

/** AWS: the file of a form is a single PUT. */
export const FORM_FILE_BYTES_MAX = 5 * 1024 ** 3;
