const BATCH_CHARACTERS = 64 * 1024

/** Writes the output of `burn tail` through a buffer. When the reader of stdout is slow, the writer has to wait, so that memory stays bounded. */
export class PacedOutput {
  private readonly stream: NodeJS.WriteStream
  private readonly stopped: AbortSignal
  private pending: string[] = []
  private held = 0
  /** True once the reader of the stream has closed it, as `head` does. */
  closed = false
  private wake: () => void = () => {}

  /** Makes a buffered writer to `stream`. After `stopped` aborts, it no longer waits for a slow reader. */
  constructor(stream: NodeJS.WriteStream, stopped: AbortSignal) {
    this.stream = stream
    this.stopped = stopped
    stopped.addEventListener('abort', () => this.wake())
  }

  /** Adds a text; every 64 KiB it waits for the reader, which also lets signals be handled. */
  async add(text: string): Promise<void> {
    this.pending.push(text)
    this.held += text.length
    if (this.held >= BATCH_CHARACTERS) await this.flush()
  }

  /** Writes bytes unchanged after the buffered text, and waits for the reader as `flush` does. */
  async bytes(bytes: Uint8Array): Promise<void> {
    await this.flush()
    await this.write(bytes)
  }

  /** Writes all buffered text; resolves when the reader can take more, or has closed the stream. */
  async flush(): Promise<void> {
    const text = this.pending.join('')
    this.pending = []
    this.held = 0
    if (text !== '') await this.write(text)
  }

  private async write(piece: string | Uint8Array): Promise<void> {
    // It may have been closed after the last write, too.
    this.closed ||= this.stream.errored != null
    if (this.closed) return
    const onError = () => {
      this.closed = true
      this.wake()
    }
    const onDrain = () => this.wake()
    // Only while a write is under way: stdout outlives this writer.
    this.stream.on('error', onError).on('drain', onDrain)
    const hasRoom = this.stream.write(piece)
    await new Promise<void>((resolve) => {
      this.wake = resolve
      if (this.closed || hasRoom || this.stopped.aborted) setImmediate(resolve)
    })
    this.stream.off('error', onError).off('drain', onDrain)
  }
}
