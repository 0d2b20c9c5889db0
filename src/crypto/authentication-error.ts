/**
 * Sealed bytes are not what was sealed, under this key, for this purpose, in this place. Says no
 * more, on purpose: which of them failed is an oracle for whoever altered the bytes.
 */
export class AuthenticationError extends Error {
  override readonly name = "AuthenticationError";
  override readonly message = "sealed bytes do not authenticate";
}
