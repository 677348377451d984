/** Reads the files that forms and messages send, each once, and puts the files of forms into the requests. */
import { readConfinedBytes } from '../../../confined.ts'
import { UsageError } from '../../../errors.ts'
import type { Tree } from '../../../language/template/template.ts'
import { E_FILE } from '../../problems/files/E_FILE.ts'
import type { Path } from '../../read/source/source.ts'
import { listAt, mapAt } from '../../schema/written-steps.ts'
import type { ScenarioSource, Texts } from '../texts.ts'
import { compileMessage, type MessageBlock } from './message-parts.ts'

/** Largest size of a file that a form or a message sends, in bytes. */
const MAX_FILE = 8 * 1024 * 1024

/** Returns index and file name of each part of a multipart form that names a file, in the `request:` block of a step. */
function fileParts(request: unknown): (readonly [index: number, file: string])[] {
  return listAt(request, ['multipart']).flatMap((part, index) => {
    const { file } = mapAt(part, [])
    return typeof file === 'string' && file !== '' && !file.includes('{{') ? [[index, file] as const] : []
  })
}

/**
 * Reads the files that steps of a scenario send in multipart forms and in messages, each file once, and puts the contents into the compiled requests
 * and messages.
 */
export class StepFiles {
  private readonly read = new Map<string, Buffer>()
  private readonly baseDir: string
  private readonly texts: Texts

  constructor({ baseDir, texts }: ScenarioSource) {
    this.baseDir = baseDir
    this.texts = texts
  }

  /** Returns the request `tree` with the contents of the form's files filled in. A file that cannot be read gives a finding. */
  in(tree: Tree, request: unknown, path: Path): Tree {
    const contents = new Map(
      fileParts(request).map(([index, file]) => [index, this.content(file, [...path, 'multipart', index, 'file'])]),
    )
    if (contents.size === 0) return tree
    return { ...tree, render: (...tools) => filled(tree.render(...tools), contents) }
  }

  /** Compiles the message of the step at `path`: a text, or parts with the contents of their files, and its tools. */
  message(step: MessageBlock, path: Path): ReturnType<typeof compileMessage> {
    return compileMessage(step, path, this.texts, (file, at) => {
      const content = this.content(file, at)
      if (content?.length === 0) this.texts.report(E_FILE.empty(file), at)
      return content
    })
  }

  /** Returns the content of a file that the scenario names at `path`. A file that cannot be read gives a finding and undefined. */
  private content(file: string, path: Path): Buffer | undefined {
    try {
      const content = this.read.get(file) ?? readConfinedBytes(this.baseDir, file, MAX_FILE)
      this.read.set(file, content)
      return content
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      this.texts.report(E_FILE.refused(error), path)
      return undefined
    }
  }
}

function filled(request: unknown, contents: ReadonlyMap<number, Buffer | undefined>): unknown {
  const multipart = listAt(request, ['multipart']).map((part, index) => {
    const content = contents.get(index)
    return content === undefined ? part : { ...mapAt(part, []), content }
  })
  return { ...mapAt(request, []), multipart }
}
