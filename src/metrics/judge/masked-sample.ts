import { Redactor } from '../../text/secrets.ts'
import { GroupedSample } from './grouped-sample.ts'
import { gradedReply } from './questions.ts'

/** A random sample of a run's replies for a judge model to score. The run's secrets are masked in it. */
export class MaskedSample extends GroupedSample {
  private readonly redactor: Redactor

  constructor(size: number, perGroup: number, seed: string, secrets: readonly string[]) {
    const redactor = new Redactor()
    super(size, perGroup, seed, (reply) => gradedReply(reply, (text) => redactor.redact(text)))
    this.redactor = redactor
    for (const secret of secrets) this.addSecret(secret)
  }

  /** Masks one more secret in replies that are offered from now on, such as a token that is about to be used. */
  addSecret(value: string): void {
    this.redactor.add(value)
  }
}
