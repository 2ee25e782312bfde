/** The file is well-formed, but written in a way that the formatter does not know: it is left as it is. */
export class NotFormattable extends Error {
  override readonly name = 'NotFormattable';
}
