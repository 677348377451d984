/** Text that comes in many small pieces. */

/** Pieces that are joined into one: an array entry for each token of a long reply would take more memory than its text. */
const PIECES = 4096
/** Characters kept of a text that is not needed whole; the journal and messages show no more. */
export const HEAD_CHARACTERS = 80 * 1024

/** Joins pieces to one text, in linear time. Pieces added with `whole` false are kept only up to `HEAD_CHARACTERS` in all. */
export class HeldText {
  private joined: string[] = []
  private pieces: string[] = []
  private held = 0

  add(piece: string, whole: boolean): void {
    const room = whole ? Number.POSITIVE_INFINITY : HEAD_CHARACTERS - this.held
    if (room <= 0) return
    const kept = piece.length > room ? piece.slice(0, room) : piece
    this.held += kept.length
    this.pieces.push(kept)
    if (this.pieces.length < PIECES) return
    this.joined.push(this.pieces.join(''))
    this.pieces = []
  }

  /** The text so far. It is joined in place, so that asking again costs nothing. */
  toString(): string {
    if (this.joined.length + this.pieces.length > 1) {
      this.joined = [[...this.joined, ...this.pieces].join('')]
      this.pieces = []
    }
    return this.joined[0] ?? this.pieces[0] ?? ''
  }
}
