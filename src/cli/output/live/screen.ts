import { type BlockLook, renderLive } from '../../../report/live/block.ts'
import { PANES, type PaneName } from '../../../report/live/panes.ts'
import type { LiveView } from '../../../report/live/view.ts'
import { makePen } from '../../../report/text/pen.ts'

const HELP = [
  'space     pause the screen; the run goes on',
  'tab or n  one pane alone, then the next',
  'a         all panes',
  'q         stop: what is in flight may finish; once more to stop at once (Ctrl-C as well)',
  '?         this help; any key leaves it',
]
const FOOT = '  ? help · space pauses the screen · tab one pane · q stops the run'
const PAUSED = '  the screen is paused, the run goes on · space continues'
/** The smallest height of a window, in lines, in which the live view has a line about keys at the bottom. */
const MIN_FOOT_ROWS = 12

/** The state of the live view that the user changes with keys: which panes are shown, whether it is paused, and whether help is open. */
export class LiveScreen {
  private pane: PaneName | undefined
  /** The panes for which the run has data, for example that of servers only when servers are observed. */
  private panes: readonly PaneName[] = PANES
  private isHelp = false
  private isPaused = false
  private readonly stop: () => void

  /** `stop` is the function that ends the run when the user presses `q`. */
  constructor(stop: () => void) {
    this.stop = stop
  }

  /** True while the user has paused the view. */
  get paused(): boolean {
    return this.isPaused
  }

  /** Handles a key, such as `q` or a space. */
  press(key: string): void {
    if (key === 'q') this.stop()
    else if (this.isHelp) this.isHelp = false
    else if (key === '?') this.isHelp = true
    else if (key === ' ') this.isPaused = !this.isPaused
    else if (key === '\t' || key === 'n')
      this.pane = this.panes[this.pane === undefined ? 0 : (this.panes.indexOf(this.pane) + 1) % this.panes.length]
    else if (key === 'a') this.pane = undefined
  }

  /** Returns the lines to paint. `withKeys` is true when keys are read; then the last line lists them. */
  lines(view: LiveView, look: BlockLook & { readonly height: number }, withKeys: boolean): string[] {
    const pen = makePen(look)
    this.panes = view.servers.length > 0 ? PANES : PANES.filter((name) => name !== 'server')
    if (this.isHelp) return HELP.map((line) => pen.cut(`  ${line}`, pen.width)).slice(0, look.height - 1)
    const shown = { ...look, ...(this.pane && { pane: this.pane }) }
    const foot = this.isPaused ? PAUSED : FOOT
    if (!this.isPaused && (!withKeys || look.height < MIN_FOOT_ROWS)) return renderLive(view, shown)
    return [...renderLive(view, { ...shown, height: Math.max(2, look.height - 1) }), pen.dim(pen.cut(foot, pen.width))]
  }
}
