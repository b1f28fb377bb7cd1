// Where a violated rule stands: gRPC writes `items[2].name`, the rest of the project a JSON pointer, `/items/2/name`.

export const pointerOf = (field: string): string =>
  field === '' ? '' : `/${field.replace(/\[(\d+)\]/g, '.$1').replaceAll('.', '/')}`;

export const fieldOf = (pointer: string): string =>
  pointer
    .slice(1)
    .split('/')
    .map((part, at) => (/^\d+$/.test(part) ? `[${part}]` : at === 0 ? part : `.${part}`))
    .join('');
