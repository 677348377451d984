import { type FSWatcher, watch } from 'node:fs'

/** Waits for changes in a folder: by events of the file system or, where these are not available, by checking at intervals. */
export class FolderWatch {
  private readonly watcher: FSWatcher | undefined
  private changed = false
  private wake: () => void = () => {}

  constructor(folder: string) {
    this.watcher = this.open(folder)
  }

  /** Resolves at the next change, after `pollMs` at the latest, or when `stopped` aborts; at once after a change since the last call. */
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

  /** Starts to watch the folder; undefined when the system allows no more watchers, so that the folder is checked at intervals. */
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
