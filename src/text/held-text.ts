/** The number of pieces that are joined to one string, because an array entry for each token of a long reply would take more memory than its text. */
const PIECES = 4096
/** The number of characters that are kept of a reply whose whole text is not needed; the journal and messages never show more. */
export const HEAD_CHARACTERS = 80 * 1024

/** The initial size in bytes of the memory for ASCII pieces. It is doubled whenever it is full. */
const FIRST_BYTES = 256

/**
 * Joins the pieces of a reply, as they arrive, to one text, in linear time. When only the beginning of the text is needed (`whole` is false), no more
 * than `HEAD_CHARACTERS` characters are kept.
 */
export class HeldText {
  private joined: string[] = []
  private pieces: string[] = []
  private held = 0
  /** The ASCII pieces added last, as bytes. They are not made strings one by one, because that would be an object for each token of a reply. */
  private ascii: Buffer | undefined
  private asciiLength = 0

  /** The number of characters that are kept of the text. */
  get length(): number {
    return this.held
  }

  /** Adds the ASCII characters in `bytes` from `start` to `end`. */
  addAscii(bytes: Uint8Array, start: number, end: number, whole: boolean): void {
    const length = whole ? end - start : Math.min(end - start, HEAD_CHARACTERS - this.held)
    if (length <= 0) return
    this.held += length
    const needed = this.asciiLength + length
    if (this.ascii === undefined || needed > this.ascii.byteLength) {
      const longer = Buffer.allocUnsafe(Math.max(FIRST_BYTES, 2 * needed))
      this.ascii?.copy(longer, 0, 0, this.asciiLength)
      this.ascii = longer
    }
    for (let at = 0; at < length; at += 1) this.ascii[this.asciiLength + at] = bytes[start + at] ?? 0
    this.asciiLength = needed
  }

  private joinAscii(): void {
    if (this.ascii === undefined) return
    this.pieces.push(this.ascii.toString('latin1', 0, this.asciiLength))
    this.ascii = undefined
    this.asciiLength = 0
  }

  add(piece: string, whole: boolean): void {
    this.joinAscii()
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
    this.joinAscii()
    if (this.joined.length + this.pieces.length > 1) {
      this.joined = [[...this.joined, ...this.pieces].join('')]
      this.pieces = []
    }
    return this.joined[0] ?? this.pieces[0] ?? ''
  }
}

/**
 * Collects the bytes of a reply as they arrive. When only the beginning is needed (`whole` is false), no more than `HEAD_CHARACTERS` bytes are kept.
 */
export class HeldBytes {
  private pieces: Buffer[] = []
  private held = 0
  private text: string | undefined

  /** The number of bytes that are kept. */
  get length(): number {
    return this.held
  }

  add(bytes: Uint8Array, whole: boolean): void {
    this.text = undefined
    const room = whole ? bytes.byteLength : HEAD_CHARACTERS - this.held
    if (room <= 0) return
    // A copy: connectors read into a buffer that they use again, and what is held must not keep a socket's whole block alive.
    const part = room < bytes.byteLength ? bytes.subarray(0, room) : bytes
    const piece = Buffer.allocUnsafe(part.byteLength)
    piece.set(part)
    this.held += piece.byteLength
    this.pieces.push(piece)
  }

  /** Returns the bytes so far. The caller must not change them. */
  toBytes(): Buffer {
    const [first] = this.pieces
    return this.pieces.length === 1 && first ? first : Buffer.concat(this.pieces)
  }

  /** Returns the bytes so far as text (UTF-8, a leading U+FEFF kept). They are decoded only once, so that another call costs nothing. */
  toText(): string {
    this.text ??= this.toBytes().toString('utf8')
    return this.text
  }
}
