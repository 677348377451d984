/** Thrown when the block of a target cannot be compiled. `path` leads from that block to the key that is wrong. */
export class UnusableTarget extends Error {
  override name = 'UnusableTarget'
  readonly path: readonly string[]
  readonly hint: string
  constructor(path: readonly string[], message: string, hint: string) {
    super(message)
    this.path = path
    this.hint = hint
  }
}
