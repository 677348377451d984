/** Number of rows in a chunk. All rows of a chunk begin within 4 GiB of the first one, because no row is longer than 1 MiB. */
const CHUNK_ROWS = 4096

interface Chunk {
  readonly base: number
  readonly deltas: Uint32Array
}

/** Stores the byte offset at which each row of a data file begins, so that a row can be read by its number. Takes four bytes of memory per row. */
export class RowOffsets {
  length = 0
  private readonly chunks: Chunk[] = []

  /** Adds the offset of the next row, which must be larger than all before. */
  push(offset: number): void {
    const place = this.length % CHUNK_ROWS
    if (place === 0) this.chunks.push({ base: offset, deltas: new Uint32Array(CHUNK_ROWS) })
    const chunk = this.chunks.at(-1)
    if (chunk) chunk.deltas[place] = offset - chunk.base
    this.length += 1
  }

  /** Returns the offset of row `index`, which must be below `length`. */
  at(index: number): number {
    const chunk = this.chunks[Math.floor(index / CHUNK_ROWS)]
    return chunk === undefined ? Number.NaN : chunk.base + (chunk.deltas[index % CHUNK_ROWS] ?? Number.NaN)
  }
}
