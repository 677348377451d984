/** Thrown when a target block cannot be compiled. `path` leads from the block to the key that is wrong. */
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
