import type { AskOptions } from '../../../engine/ask-judge.ts'
import { Control } from '../../../engine/schedule/control.ts'
import { startMockWorker } from '../../../mock/spawn.ts'
import { knownSecrets } from '../../output/known-secrets.ts'
import { note } from '../../output/notes.ts'
import { judgements } from './judgements.ts'

/** Handles Ctrl-C while a judge is asked: the first one stops further questions, the second cancels those in flight. Call `release` at the end. */
export class CtrlC {
  came = false
  private readonly control = new Control()
  readonly options: AskOptions = {
    control: this.control,
    interrupted: () => this.came,
    startMock: (settings) => startMockWorker(settings, { port: 0 }),
    onSecret: (value) => knownSecrets.add(value),
    known: judgements(),
    onQuestions: (count) => note(`asking the judge ${count} questions about the replies`),
  }
  private readonly onInterrupt = () => {
    if (this.came) this.control.cancel()
    else note('stopping: what is in flight may finish; once more to stop at once')
    this.came = true
  }

  constructor() {
    process.on('SIGINT', this.onInterrupt)
  }

  release(): void {
    process.off('SIGINT', this.onInterrupt)
  }
}
