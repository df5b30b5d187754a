/** Discord's checks of buttons, selects and modals. */
import type { Problem } from './faults.ts';
import {
  badValue,
  listProblems,
  numberProblems,
  type Path,
  required,
  textProblems,
} from './form.ts';
import { isJson, type Json, listOf, numberOf, textOf } from './json.ts';

const ACTION_ROW = 1;
const BUTTON = 2;
const STRING_SELECT = 3;
const TEXT_INPUT = 4;
const TEXT_DISPLAY = 10;
const LABEL = 18;
const LINK_STYLE = 5;
const SELECTS: ReadonlySet<unknown> = new Set([STRING_SELECT, 5, 6, 7, 8]);
const CUSTOM_ID = { min: 1, max: 100 };

/** The rows under a message. */
export function componentProblems(body: Json): readonly Problem[] {
  const rows = listOf(body, 'components');
  return [
    ...listProblems(body, 'components', [], { min: 0, max: 5 }),
    ...rows.flatMap((row, index) => rowProblems(row, ['components', index])),
    ...duplicates(rows.flatMap((row) => listOf(row, 'components'))),
  ];
}

function rowProblems(row: Json, at: Path): readonly Problem[] {
  if (row['type'] !== ACTION_ROW) {
    return [badValue([...at, 'type'], `Value must be one of {${ACTION_ROW}}.`)];
  }
  const parts = listOf(row, 'components');
  const selects = parts.filter((part) => SELECTS.has(part['type']));
  if (selects.length > 0 && parts.length > 1) {
    const message = 'Components displayed exceed the maximum width of an action row (5)';
    return [badValue([...at, 'components'], message, 'COMPONENT_LAYOUT_WIDTH_EXCEEDED')];
  }
  return [
    ...listProblems(row, 'components', at, { min: 1, max: 5 }),
    ...parts.flatMap((part, index) => partProblems(part, [...at, 'components', index])),
  ];
}

function partProblems(part: Json, at: Path): readonly Problem[] {
  if (part['type'] === BUTTON) return buttonProblems(part, at);
  if (SELECTS.has(part['type'])) return selectProblems(part, at);
  return [badValue([...at, 'type'], 'Value must be one of {2, 3, 5, 6, 7, 8}.')];
}

function buttonProblems(button: Json, at: Path): readonly Problem[] {
  const style = numberOf(button, 'style') ?? 0;
  const faults = [...textProblems(button, 'label', at, { min: 0, max: 80 })];
  if (style < 1 || style > LINK_STYLE) {
    faults.push(badValue([...at, 'style'], 'Value must be one of {1, 2, 3, 4, 5}.'));
  }
  if (!textOf(button, 'label')?.trim() && !isJson(button['emoji'])) {
    faults.push(required([...at, 'label']));
  }
  if (style === LINK_STYLE) return [...faults, ...linkProblems(button, at)];
  if (button['url'] !== undefined) {
    const message = 'A custom id and url cannot both be specified';
    faults.push(badValue(at, message, 'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE'));
  }
  return [...faults, ...textProblems(button, 'custom_id', at, CUSTOM_ID)];
}

function linkProblems(button: Json, at: Path): readonly Problem[] {
  const both = button['custom_id'] !== undefined;
  const message = 'A custom id and url cannot both be specified';
  return [
    ...textProblems(button, 'url', at, { min: 1, max: 512 }),
    ...(both ? [badValue(at, message, 'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE')] : []),
  ];
}

function selectProblems(select: Json, at: Path): readonly Problem[] {
  const options = listOf(select, 'options');
  const isString = select['type'] === STRING_SELECT;
  const values = options.map((option) => option['value']);
  const message = 'The specified option value is already used';
  return [
    ...textProblems(select, 'custom_id', at, CUSTOM_ID),
    ...textProblems(select, 'placeholder', at, { min: 0, max: 150 }),
    ...numberProblems(select, 'min_values', at, { min: 0, max: 25 }),
    ...numberProblems(select, 'max_values', at, { min: 1, max: 25 }),
    ...(isString ? listProblems(select, 'options', at, { min: 1, max: 25 }) : []),
    ...options.flatMap((option, index) => [
      ...textProblems(option, 'label', [...at, 'options', index], { min: 1, max: 100 }),
      ...textProblems(option, 'value', [...at, 'options', index], { min: 1, max: 100 }),
      ...textProblems(option, 'description', [...at, 'options', index], { min: 0, max: 100 }),
    ]),
    ...(new Set(values).size < values.length
      ? [badValue([...at, 'options'], message, 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED')]
      : []),
  ];
}

function duplicates(parts: readonly Json[]): readonly Problem[] {
  const ids = parts.flatMap((part) => textOf(part, 'custom_id') ?? []);
  const message = 'Component custom id cannot be duplicated';
  return new Set(ids).size < ids.length
    ? [badValue(['components'], message, 'COMPONENT_CUSTOM_ID_DUPLICATED')]
    : [];
}

/** A modal: text, and text inputs in rows or labels. */
export function modalProblems(modal: Json): readonly Problem[] {
  const rows = listOf(modal, 'components');
  const inputs = rows.flatMap(inputsOf);
  return [
    ...textProblems(modal, 'custom_id', ['data'], CUSTOM_ID),
    ...textProblems(modal, 'title', ['data'], { min: 1, max: 45 }),
    ...listProblems(modal, 'components', ['data'], { min: 1, max: 5 }),
    ...rows.flatMap((row, index) => modalRowProblems(row, ['data', 'components', index])),
    ...duplicates(inputs),
  ];
}

/** The text inputs of a row or of a label. */
export function inputsOf(row: Json): readonly Json[] {
  const inside = row['component'];
  return row['type'] === LABEL && isJson(inside) ? [inside] : listOf(row, 'components');
}

function modalRowProblems(row: Json, at: Path): readonly Problem[] {
  if (row['type'] === TEXT_DISPLAY) return textProblems(row, 'content', at, { min: 1, max: 4000 });
  const inputs = inputsOf(row);
  if (inputs.length !== 1) return [required([...at, 'components'])];
  const labelled = row['type'] === LABEL;
  return [
    ...(labelled ? textProblems(row, 'label', at, { min: 1, max: 45 }) : []),
    ...(labelled ? textProblems(row, 'description', at, { min: 0, max: 100 }) : []),
    ...inputs.flatMap((input) => inputProblems(input, [...at, 'components', 0], labelled)),
  ];
}

function inputProblems(input: Json, at: Path, labelled: boolean): readonly Problem[] {
  if (input['type'] === STRING_SELECT && labelled) return selectProblems(input, at);
  if (input['type'] !== TEXT_INPUT) return [badValue([...at, 'type'], 'Value must be one of {4}.')];
  return [
    ...textProblems(input, 'custom_id', at, CUSTOM_ID),
    ...(labelled ? [] : textProblems(input, 'label', at, { min: 1, max: 45 })),
    ...textProblems(input, 'value', at, { min: 0, max: 4000 }),
    ...textProblems(input, 'placeholder', at, { min: 0, max: 100 }),
    ...numberProblems(input, 'style', at, { min: 1, max: 2 }),
    ...numberProblems(input, 'min_length', at, { min: 0, max: 4000 }),
    ...numberProblems(input, 'max_length', at, { min: 1, max: 4000 }),
  ];
}
