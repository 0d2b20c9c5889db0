/** S3's smallest chunk, but for the last one that holds data. */
export const CHUNK_BYTES_MIN = 8192;

/** A chunk's header or a trailer: the longest real one, a SHA-512 in base64, has 112. */
export const LINE_BYTES_MAX = 256;

/** The checksum, and the signature over it. */
export const TRAILERS_MAX = 2;
