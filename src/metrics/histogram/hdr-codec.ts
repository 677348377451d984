/**
 * HdrHistogram V2 encoding, compressed, as base64: the form in which histograms lie in files. Index offset 0 and ratio 1.0 are written, as by the
 * Java library, which respects both when it reads. @see https://github.com/HdrHistogram/HdrHistogram
 */
import { constants, deflateSync, inflateSync } from 'node:zlib'
import { InputError } from '../../errors.ts'

/** The smallest value above zero that a histogram can hold, in its integer steps. */
const LOWEST = 1
/** The largest value that has a bucket in the histograms of metrics, in the histogram's steps: 3.6e9, which is one hour in µs. */
export const HIGHEST = 3_600_000_000
/** The number of significant decimal digits that a histogram of a metric keeps: a bucket is at most 0.1 % wide. */
const DIGITS = 3
/** The number of buckets in every histogram of a metric. It follows from the range of values and the precision that these histograms have. */
export const BUCKETS = 23_552

const COOKIE = 0x1c849313
const COMPRESSED_COOKIE = 0x1c849314
const HEADER_BYTES = 40
const WORD_BYTES = 9
const LARGEST_COUNT = 0xffff_ffff
/** The number that HdrHistogramJS 3 writes as index offset and as ratio; it means 0 and 1.0, because that library ignores both. */
const JS_OFFSET = 1
const JS_RATIO_BITS = 1n

/** Memory for the longest text before compression. It is reused, because a checkpoint encodes some hundred histograms. */
const written = Buffer.allocUnsafe(HEADER_BYTES + WORD_BYTES * BUCKETS)

/**
 * Encodes the counts of a histogram's buckets as text, in the compressed form of the HdrHistogram libraries. `first` is the index of the first bucket
 * that is not empty; to save time, the buckets before it are not read.
 */
export function encodeCounts(counts: ArrayLike<number>, first: number): string {
  const end = writeCounts(counts, first)
  written.writeUInt32BE(COOKIE, 0)
  written.writeInt32BE(end - HEADER_BYTES, 4)
  written.writeInt32BE(0, 8)
  written.writeInt32BE(DIGITS, 12)
  written.writeBigInt64BE(BigInt(LOWEST), 16)
  written.writeBigInt64BE(BigInt(HIGHEST), 24)
  written.writeDoubleBE(1, 32)
  const packed = deflateSync(written.subarray(0, end))
  const head = Buffer.alloc(8)
  head.writeUInt32BE(COMPRESSED_COOKIE, 0)
  head.writeInt32BE(packed.length, 4)
  return Buffer.concat([head, packed]).toString('base64')
}

/**
 * Decodes the counts of a histogram's buckets from a text that `encodeCounts`, or an HdrHistogram library with the same settings, has written.
 * Returns the buckets that are not empty as a list of index, count, index, count, … with rising indexes.
 * @throws InputError when the text is damaged, too large, or made with other settings
 */
export function decodeCounts(text: string): number[] {
  const block = inflate(fromBase64(text))
  if (block.length < HEADER_BYTES || block.readUInt32BE(0) !== COOKIE) throw damaged('it has no HdrHistogram V2 header')
  if (block.readInt32BE(4) !== block.length - HEADER_BYTES) throw damaged('its length does not fit its header')
  checkSettings(block)
  return readCounts(block)
}

/** Writes the counts: a run of zeros as one negative word, each word as ZigZag and then LEB128. Returns the offset after the last byte. */
function writeCounts(counts: ArrayLike<number>, first: number): number {
  let at = first === 0 ? HEADER_BYTES : writeWord(HEADER_BYTES, zerosWord(first))
  for (let index = first; index < counts.length; ) {
    const count = counts[index++] ?? 0
    let zeros = count === 0 ? 1 : 0
    while (zeros > 0 && index < counts.length && counts[index] === 0) {
      zeros += 1
      index += 1
    }
    at = writeWord(at, zeros > 0 ? zerosWord(zeros) : 2 * count)
  }
  return at
}

const zerosWord = (zeros: number): number => (zeros > 1 ? 2 * zeros - 1 : 0)

/** Writes one word and returns the offset after it. Divides instead of shifting, because a shift would lose the bits of counts above 2^31. */
function writeWord(at: number, word: number): number {
  let rest = word
  let offset = at
  while (rest > 127) {
    written[offset++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  written[offset++] = rest
  return offset
}

function readCounts(block: Buffer): number[] {
  const pairs: number[] = []
  let index = 0
  for (let at = HEADER_BYTES; at < block.length; ) {
    let word = 0
    let factor = 1
    let byte = 128
    for (; byte >= 128; factor *= 128) {
      byte = block[at++] ?? -1
      word += (byte & 127) * factor
      if (byte < 0 || factor > 2 ** 35) throw damaged('a count is cut off or too large')
    }
    if (word > 0 && word % 2 === 0) pairs.push(index, checkedCount(word / 2))
    index += word % 2 === 1 ? (word + 1) / 2 : 1
    if (index > BUCKETS) throw damaged('it has more buckets than its range')
  }
  return pairs
}

function checkedCount(count: number): number {
  if (count > LARGEST_COUNT) throw damaged('a count is too large')
  return count
}

function checkSettings(block: Buffer): void {
  const offset = block.readInt32BE(8)
  const shifted = offset !== 0 && !(offset === JS_OFFSET && block.readBigInt64BE(32) === JS_RATIO_BITS)
  const same = block.readInt32BE(12) === DIGITS && block.readBigInt64BE(16) === BigInt(LOWEST) && !shifted
  if (!same)
    throw new InputError(
      'a histogram was made with other settings',
      `expected lowest value ${LOWEST}, ${DIGITS} digits and no index offset`,
    )
}

function inflate(bytes: Buffer): Buffer {
  if (bytes.length < 8 || bytes.readUInt32BE(0) !== COMPRESSED_COOKIE) throw damaged('it does not begin like one')
  const packed = bytes.subarray(8)
  if (bytes.readInt32BE(4) !== packed.length) throw damaged('it is cut off, or has more after its end')
  try {
    const { buffer, engine } = inflateSync(packed, {
      info: true,
      maxOutputLength: HEADER_BYTES + WORD_BYTES * BUCKETS,
      finishFlush: constants.Z_FINISH,
    }) as unknown as Inflated
    if (engine.bytesWritten !== packed.length) throw damaged('it has more after its end')
    return buffer
  } catch (error) {
    throw error instanceof InputError ? error : damaged('its checksum does not hold', error)
  }
}

/** The return value of zlib with `info: true`, which @types/node does not know. */
interface Inflated {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

/**
 * Decodes base64. Because Node's decoder skips invalid characters, the text is compared with its own encoding. @throws InputError when they differ
 */
function fromBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw damaged('it is not base64')
  return bytes
}

function damaged(why: string, cause?: unknown): InputError {
  return new InputError(`a histogram cannot be read: ${why}`, 'the file was damaged or edited; take it from its source again', {
    cause,
  })
}
