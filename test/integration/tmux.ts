/** A shell in a terminal, through tmux: what is on the screen, keys that somebody presses, and whether the terminal is as before afterwards. */
import { expect } from 'vitest'
import { eventually, Folder, output } from './programs.ts'

/** The built command, for a line of shell. */
export const BURN = `${process.execPath} ${process.cwd()}/bin/burn.js`

/** Arguments of `env` that hide the CI runner, in whose log burn shows plain lines in place of the live view. */
const NO_RUNNER = ['CI', 'GITHUB_ACTIONS', 'TF_BUILD', 'TEAMCITY_VERSION'].map((name) => `-u ${name}`).join(' ')

/** A shell with its own terminal of 80 columns and 24 rows, in a folder of its own. */
export class Terminal {
  readonly folder = new Folder()
  private readonly socket = this.folder.file('tmux')

  /** Opens the terminal, and waits for the shell in it. */
  static async open(): Promise<Terminal> {
    const terminal = new Terminal()
    terminal.tmux('new-session', '-d', '-x', '80', '-y', '24', `env ${NO_RUNNER} LANG=C.UTF-8 PS1=ready: bash --norc --noprofile`)
    await terminal.shows('ready:')
    terminal.type(`cd ${terminal.folder.path} && clear && stty -g > before`)
    await eventually(
      () => terminal.folder.has('before'),
      () => 'the settings of the terminal',
    )
    return terminal
  }

  close(): void {
    this.tmux('kill-server')
    this.folder.remove()
  }

  /** What is on the screen. */
  screen = (): string => this.tmux('capture-pane', '-p')

  rows(): string[] {
    return this.screen().split('\n').slice(0, -1)
  }

  /** Presses keys, by the names that tmux has for them. */
  keys(...names: string[]): void {
    this.tmux('send-keys', ...names)
  }

  /** Types a line of shell. */
  type(line: string): void {
    this.keys(line, 'Enter')
  }

  /** Gives the window another size. */
  resize(columns: number, rows: number): void {
    this.tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  /** Waits until a text is on the screen. */
  shows(text: string | RegExp): Promise<void> {
    return eventually(
      () => (typeof text === 'string' ? this.screen().includes(text) : text.test(this.screen())),
      () => `${text} on the screen:\n${this.screen()}`,
    )
  }

  /** The terminal has its settings, its cursor and its own screen again. */
  async isAsBefore(): Promise<void> {
    this.type('stty -g > after; echo over $((6*7))')
    await this.shows('over 42')
    expect(this.folder.read('after')).toBe(this.folder.read('before'))
    expect(this.tmux('display', '-p', '#{alternate_on} #{cursor_flag} #{wrap_flag}').trim()).toBe('0 1 1')
  }

  private tmux(...args: string[]): string {
    return output('tmux', ['-S', this.socket, '-f', '/dev/null', ...args])
  }
}
