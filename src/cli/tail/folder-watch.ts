/** Tells when something in a folder may have changed: by the system's word, and by the clock where the system says nothing. */
import { type FSWatcher, watch } from 'node:fs'

export class FolderWatch {
  private readonly watcher: FSWatcher | undefined
  private changed = false
  private wake: () => void = () => {}

  constructor(folder: string) {
    this.watcher = this.open(folder)
  }

  /** Resolves at the next change, after `pollMs` at the latest, or when `stopped` says so. A change since the last call counts. */
  async next(pollMs: number, stopped: AbortSignal): Promise<void> {
    if (!this.changed && !stopped.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs)
        this.wake = () => {
          clearTimeout(timer)
          resolve()
        }
        stopped.addEventListener('abort', this.wake, { once: true })
      })
      stopped.removeEventListener('abort', this.wake)
    }
    this.changed = false
  }

  close(): void {
    this.watcher?.close()
  }

  /** Undefined where the system has none left to give; polling goes on. */
  private open(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, () => {
        this.changed = true
        this.wake()
      })
      return watcher.on('error', () => watcher.close())
    } catch {
      return undefined
    }
  }
}
