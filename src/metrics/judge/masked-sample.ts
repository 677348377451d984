import { Redactor } from '../../text/secrets.ts'
import { GradedSample } from './graded-sample.ts'
import { type GradedReply, gradedReply } from './questions.ts'

/** The random sample of a run's replies that a judge will score, with the secrets of the run masked. */
export class MaskedSample extends GradedSample<GradedReply> {
  private readonly redactor: Redactor

  constructor(size: number, seed: string, secrets: readonly string[]) {
    const redactor = new Redactor()
    super(size, seed, (reply) => gradedReply(reply, (text) => redactor.redact(text)))
    this.redactor = redactor
    for (const secret of secrets) this.addSecret(secret)
  }

  /** Masks one more secret in the replies that come from now on, such as a token that is about to be used. */
  addSecret(value: string): void {
    this.redactor.add(value)
  }
}
