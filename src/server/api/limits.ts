/** Bodies of control-plane requests: AWS's own limits are smaller where it documents one. */
export const CONTROL_BODY_BYTES_MAX = 1024 * 1024;

/** DeleteObjects: 1,000 keys of up to 1,024 bytes, escaped. */
export const DELETE_OBJECTS_BODY_BYTES_MAX = 2 * 1024 * 1024;

/** AWS: all headers of a PUT together. */
export const PUT_HEADER_BYTES_MAX = 8 * 1024;
