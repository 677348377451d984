/** Data on stdout at the pace of its reader: what it has not taken yet is not read from the file either. */

const BATCH_CHARACTERS = 64 * 1024

export class PacedOutput {
  private readonly stream: NodeJS.WriteStream
  private readonly stopped: AbortSignal
  private pending: string[] = []
  private held = 0
  /** The reader went away, as `head` does: nobody wants more. */
  closed = false
  private wake: () => void = () => {}

  /** `stopped` ends the waits. */
  constructor(stream: NodeJS.WriteStream, stopped: AbortSignal) {
    this.stream = stream
    this.stopped = stopped
    stopped.addEventListener('abort', () => this.wake())
    stream.on('error', () => {
      this.closed = true
      this.wake()
    })
    stream.on('drain', () => this.wake())
  }

  /** Takes a text; waits now and then, which is also when signals get through. */
  async add(text: string): Promise<void> {
    this.pending.push(text)
    this.held += text.length
    if (this.held >= BATCH_CHARACTERS) await this.flush()
  }

  /** Resolves when the reader can take more, or is gone. */
  async flush(): Promise<void> {
    const text = this.pending.join('')
    this.pending = []
    this.held = 0
    if (this.closed || text === '') return
    const hasRoom = this.stream.write(text)
    await new Promise<void>((resolve) => {
      this.wake = resolve
      if (hasRoom || this.stopped.aborted) setImmediate(resolve)
    })
  }
}
