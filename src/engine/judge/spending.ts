import type { Pricing } from '../../scenario/compile/plan.ts'

/** Characters of a text for one token, at least: fewer tokens are never estimated. */
const CHARACTERS_PER_TOKEN = 3
/** Tokens that an answer is taken to have until one has come, unless the target bounds them. */
const ANSWER_TOKENS = 512

/** Estimates what further questions to a judge will cost, so that the total stays within the limit. */
export class Spending {
  /** What the answers have cost so far, and how many have an unknown cost. */
  spent = 0
  unpriced = 0
  private readonly most: number
  /** What one question may cost: as much as the dearest so far, and an estimate before the first. */
  private each: number
  private known = false

  /** `most` undefined for no bound. The estimate is that of the longest question, of so many characters with the instructions. */
  constructor(most: number | undefined, pricing: Pricing | undefined, characters: number, answerTokens = ANSWER_TOKENS) {
    this.most = most ?? Number.POSITIVE_INFINITY
    const { inputPer1M, outputPer1M } = pricing ?? { inputPer1M: 0, outputPer1M: 0 }
    this.each = (Math.ceil(characters / CHARACTERS_PER_TOKEN) * inputPer1M + answerTokens * outputPer1M) / 1e6
  }

  /** The number of questions that may be under way at once, 0 to `concurrency`, before any has an answer. */
  atOnce(concurrency: number): number {
    return this.each === 0 ? concurrency : Math.max(0, Math.min(concurrency, Math.floor(this.most / this.each)))
  }

  /** Counts the cost of an answer; undefined when it is not known, and then it may be as much as one may cost. */
  add(cost: number | undefined): void {
    if (cost === undefined) this.unpriced += 1
    else {
      this.each = this.known ? Math.max(this.each, cost) : cost
      this.known = true
      this.spent += cost
    }
  }

  /** Whether `count` more questions, those under way among them, may cost more than the bound. */
  exceededBy(count: number): boolean {
    return this.spent + (this.unpriced + count) * this.each > this.most
  }
}
