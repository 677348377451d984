import { Markup, type MarkupPart, markup } from './markup.ts'

/** A column of a table: its heading, and whether it holds numbers, which are right-aligned. */
export interface TableColumn {
  readonly head: string
  readonly numeric?: boolean
  /** The smallest width of the column: `wide` for sentences, `mid` for names; narrow when left out. */
  readonly width?: 'mid' | 'wide'
  /** An explanation of the heading, shown as a tooltip. */
  readonly hint?: string
}

/** A table cell with the number by which its column is sorted; null is sorted last. */
interface SortedCell {
  readonly cell: MarkupPart
  readonly value: number | null
}

/** A cell of a table. Text and HTML are sorted by what is shown; a cell with a `value` is sorted by that number. */
export type TableCell = SortedCell | Markup | string

/** The settings of a table besides its columns and rows. */
interface TableLook {
  /** The caption of the table, which says what it shows. */
  readonly caption: string
  /** True when the script of the page lets the reader sort the table by any column. */
  readonly sortable?: boolean
  /** The number of rows that are left out; a line below the table says so. */
  readonly hidden?: number
  /** The last row of the table, such as a sum, which stays at its place when the table is sorted. */
  readonly foot?: readonly TableCell[] | undefined
}

/** Returns a table of an HTML report; the first cell of each row is its heading. On a narrow page the table scrolls sideways in its own box. */
export function tableOf(columns: readonly TableColumn[], rows: readonly (readonly TableCell[])[], look: TableLook): Markup {
  const { caption, sortable = false, hidden = 0, foot } = look
  const line = (cells: readonly TableCell[]) => markup`<tr>${cells.map((cell, at) => cellOf(cell, columns[at], at === 0))}</tr>\n`
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
<table${sortable && rows.length > 1 ? new Markup(' data-sortable') : ''}>
<caption>${caption}</caption>
<thead>
<tr>${columns.map(headOf)}</tr>
</thead>
<tbody>
${rows.map(line)}</tbody>
${foot && markup`<tfoot>\n${line(foot)}</tfoot>\n`}</table>
</div>
${hidden > 0 && markup`<p class="more">… ${hidden} more, see result.json</p>\n`}`
}

function headOf({ head, numeric = false, width, hint }: TableColumn): Markup {
  return markup`<th scope="col"${classOf(numeric, width)}${hint !== undefined && markup` title="${hint}"`}>${head}</th>`
}

function cellOf(cell: TableCell, column: TableColumn | undefined, isName: boolean): Markup {
  const isSorted = typeof cell === 'object' && !(cell instanceof Markup)
  const inside = isSorted ? cell.cell : cell
  const value = isSorted && markup` data-value="${cell.value ?? ''}"`
  if (isName) return markup`<th scope="row"${value}>${inside}</th>`
  return markup`<td${classOf(column?.numeric, column?.width)}${value}>${inside}</td>`
}

function classOf(numeric = false, width?: TableColumn['width']): Markup | undefined {
  const name = numeric ? 'num' : width
  return name === undefined ? undefined : markup` class="${name}"`
}
