import type { Pricing } from '../../scenario/compile/plan.ts'

/** Assumed number of characters per token: a low one, so that the tokens of a text are rather over- than underestimated. */
const CHARACTERS_PER_TOKEN = 3
/** Number of tokens that an answer of a judge is assumed to have before the first one has come, unless the target limits their number. */
const ANSWER_TOKENS = 512

/** Estimates what further questions to a judge model will cost, to keep the total within the scenario's limit on cost. */
export class Spending {
  /** Sum of the costs of all answers with a known cost; `unpriced` is the number of answers without one. */
  spent = 0
  unpriced = 0
  private readonly most: number
  /** Assumed cost of one question: the highest cost of an answer so far; before the first answer, an estimate. */
  private each: number
  private known = false

  /**
   * Makes a first estimate of what one question to a judge costs, for a text of `characters` characters, instructions included. `most` is the limit
   * on the total cost; undefined for none.
   */
  constructor(most: number | undefined, pricing: Pricing | undefined, characters: number, answerTokens = ANSWER_TOKENS) {
    this.most = most ?? Number.POSITIVE_INFINITY
    const { inputPer1M, outputPer1M } = pricing ?? { inputPer1M: 0, outputPer1M: 0 }
    this.each = (Math.ceil(characters / CHARACTERS_PER_TOKEN) * inputPer1M + answerTokens * outputPer1M) / 1e6
  }

  /** Returns how many questions may be sent at once before the first answer, so that the limit on cost holds: 0 to `concurrency`. */
  atOnce(concurrency: number): number {
    return this.each === 0 ? concurrency : Math.max(0, Math.min(concurrency, Math.floor(this.most / this.each)))
  }

  /** Adds the cost of an answer. A cost that is not known (undefined) counts as much as the most expensive answer so far. */
  add(cost: number | undefined): void {
    if (cost === undefined) this.unpriced += 1
    else {
      this.each = this.known ? Math.max(this.each, cost) : cost
      this.known = true
      this.spent += cost
    }
  }

  /** Returns whether the total cost could exceed the limit when `count` more questions are answered. */
  exceededBy(count: number): boolean {
    return this.spent + (this.unpriced + count) * this.each > this.most
  }
}
