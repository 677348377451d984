/** Pieces that are joined into one: an array entry for each token of a long reply would take more memory than its text. */
const PIECES = 4096
/** How many characters are kept of a text that is not needed as a whole; the journal and messages show no more. */
export const HEAD_CHARACTERS = 80 * 1024

/** Joins pieces to one text, in linear time. Pieces added with `whole` false are kept up to `HEAD_CHARACTERS` in total. */
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

  /** Returns the text so far. The pieces are joined only once, so that another call costs nothing. */
  toString(): string {
    if (this.joined.length + this.pieces.length > 1) {
      this.joined = [[...this.joined, ...this.pieces].join('')]
      this.pieces = []
    }
    return this.joined[0] ?? this.pieces[0] ?? ''
  }
}

/** Collects pieces of raw bytes. Pieces added with `whole` false are kept up to `HEAD_CHARACTERS` bytes in total. */
export class HeldBytes {
  private pieces: Uint8Array[] = []
  private held = 0

  add(bytes: Uint8Array, whole: boolean): void {
    const room = HEAD_CHARACTERS - this.held
    if (!whole && room <= 0) return
    // A beginning is copied: what is held must not keep the socket's whole block alive.
    const piece = whole ? bytes : new Uint8Array(bytes.subarray(0, room))
    this.held += piece.byteLength
    this.pieces.push(piece)
  }

  clear(): void {
    this.pieces = []
  }

  toBytes(): Uint8Array {
    return Buffer.concat(this.pieces)
  }
}
