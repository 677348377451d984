/** Files that multipart forms send: read once, put into the rendered request. */
import { confinedPath, readConfinedBytes } from '../../confined.ts'
import type { Tree } from '../../language/template/template.ts'
import { listAt, mapAt } from '../schema/written-steps.ts'

/** Largest file of a form. */
const MAX_FILE = 8 * 1024 * 1024

/** Index and file of each part that names one, in the `request:` block of a step. */
export function fileParts(request: unknown): (readonly [index: number, file: string])[] {
  return listAt(request, ['multipart']).flatMap((part, index) => {
    const { file } = mapAt(part, [])
    return typeof file === 'string' && file !== '' && !file.includes('{{') ? [[index, file] as const] : []
  })
}

/** @throws UsageError when the file is not there, lies outside of the folder, or is too large */
export function checkFormFile(baseDir: string, name: string): void {
  confinedPath(baseDir, name, MAX_FILE)
}

/** The files of one scenario; one that several steps send is read once. */
export class FormFiles {
  private readonly read = new Map<string, Buffer>()
  private readonly baseDir: string

  constructor(baseDir: string) {
    this.baseDir = baseDir
  }

  /** The tree of a request with the contents of its files, as `content` of their parts. @throws UsageError as `checkFormFile` */
  in(tree: Tree, request: unknown): Tree {
    const contents = new Map(fileParts(request).map(([index, file]) => [index, this.content(file)]))
    if (contents.size === 0) return tree
    return { ...tree, render: (...tools) => filled(tree.render(...tools), contents) }
  }

  private content(file: string): Buffer {
    const content = this.read.get(file) ?? readConfinedBytes(this.baseDir, file, MAX_FILE)
    this.read.set(file, content)
    return content
  }
}

function filled(request: unknown, contents: ReadonlyMap<number, Buffer>): unknown {
  const multipart = listAt(request, ['multipart']).map((part, index) => {
    const content = contents.get(index)
    return content === undefined ? part : { ...mapAt(part, []), content }
  })
  return { ...mapAt(request, []), multipart }
}
