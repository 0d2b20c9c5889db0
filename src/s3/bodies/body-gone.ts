/** The blob or the inline body is gone: the version was replaced meanwhile. Read it again. */
export class BodyGone extends Error {
  override readonly name = "BodyGone";
}
