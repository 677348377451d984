/** What a target cannot be made from; `path` is relative to the target block. */
export class TargetFault extends Error {
  override name = 'TargetFault'
  readonly path: readonly string[]
  readonly hint: string
  constructor(path: readonly string[], message: string, hint: string) {
    super(message)
    this.path = path
    this.hint = hint
  }
}
