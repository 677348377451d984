/** Runs the player in a terminal: connects the screen, the keys and the playback. */
import { EXIT, type ExitCode } from '../../../errors.ts'
import { makePen } from '../../../report/text/pen.ts'
import { renderOptionsFor } from '../../output/console.ts'
import type { RecordedSession, RunSessions } from '../recorded/sessions.ts'
import { Player, type PlayOptions } from './player.ts'
import { OWN_STREAMS, TerminalScreen } from './screen.ts'
import { PlayerView } from './view.ts'

/** True when the player of `burn replay` can be shown: stdin and stdout are a terminal that can move its cursor. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb'
}

/**
 * Plays recorded sessions on the terminal until the user leaves; resolves with the exit code. @throws InputError when the journal can no longer
 * be read
 */
export async function play(
  run: RunSessions,
  sessions: readonly RecordedSession[],
  options: PlayOptions,
  color: boolean,
): Promise<ExitCode> {
  const view = new PlayerView(makePen(renderOptionsFor(process.stdout, color)))
  let code: ExitCode = EXIT.ok
  const screen = new TerminalScreen(OWN_STREAMS, {
    key: (name) => player.press(name),
    repaint: () => player.refresh(),
    end: (why) => {
      code = why
      player.stop()
    },
  })
  const player = new Player(run, sessions, options, (state) => {
    screen.paint(view.frame(state, screen.size))
    return view.mostScroll
  })
  screen.enter()
  try {
    player.start()
    await player.ended
  } finally {
    screen.leave()
  }
  return code
}
