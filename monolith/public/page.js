// The start page: looks through the catalog by the public contract, and shows which side of the shop answered.

const ANSWERS_SHOWN = 5;
const TYPING_PAUSE_MS = 200;

const element = (id) => document.getElementById(id);
const form = element('search');
const products = element('products');
const more = element('more');

const categoryNames = new Map();
let underway = new AbortController();

/** Sends a request and notes who answered. Throws an Error whose message can be shown. */
async function ask(path, signal) {
  const begin = performance.now();
  const response = await fetch(path, { signal }).catch((cause) => {
    throw new Error('The shop does not answer. Is it running?', { cause });
  });
  note(path, response, performance.now() - begin);
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw new Error(body.detail ?? `The shop answered ${response.status}.`);
}

function note(path, { headers, status }, milliseconds) {
  const side = headers.get('x-served-by') ?? 'nobody in particular';
  element('side').textContent = side;
  const line = document.createElement('li');
  line.textContent = line.title = `${side} ${status} ${Math.round(milliseconds)} ms ${path}`;
  element('answers').prepend(line);
  element('answers').children[ANSWERS_SHOWN]?.remove();
}

/** What the form asks for, without what is left open. */
const question = () =>
  new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim() !== ''));

/** Shows the first page of what is asked for; what an older question may still bring is dropped. */
async function showFirstPage() {
  const asked = question();
  history.replaceState(null, '', asked.size === 0 ? location.pathname : `?${asked}`);
  await showPage(asked, showFirstPage, (cards) => products.replaceChildren(...cards));
}

async function showNextPage() {
  const asked = question();
  asked.set('pageToken', more.value);
  await showPage(asked, showNextPage, (cards) => {
    products.append(...cards);
    // The button has moved below what it has brought.
    cards[0]?.querySelector('summary').focus();
  });
}

async function showPage(asked, again, show) {
  underway.abort();
  const { signal } = (underway = new AbortController());
  more.disabled = true;
  try {
    const page = await ask(asked.size === 0 ? '/products' : `/products?${asked}`, signal);
    if (signal.aborted) return;
    show(page.products.map(toCard));
    more.value = page.nextPageToken ?? '';
    more.hidden = more.value === '';
    element('status').textContent = summary(products.children.length);
    element('problem').hidden = true;
  } catch (error) {
    if (signal.aborted) return;
    showProblem(error, again);
  }
  more.disabled = false;
}

function summary(count) {
  if (count === 0) return 'Nothing here: try fewer words, or another category.';
  return `${count} ${count === 1 ? 'product' : 'products'}${more.hidden ? '.' : ', and there are more.'}`;
}

function showProblem({ message }, again) {
  element('message').textContent = message;
  element('again').onclick = again;
  element('problem').hidden = false;
}

function toCard({ id, name, description, category, price }) {
  const card = element('card').content.firstElementChild.cloneNode(true);
  const put = (tag, text) => (card.querySelector(tag).textContent = text);
  const categoryName = categoryNames.get(category) ?? category;
  put('i', categoryName.slice(0, 1));
  put('b', name);
  put('small', categoryName);
  put('span', format(price));
  put('p', description);
  card.style.setProperty('--hue', hueOf(category));
  const details = card.querySelector('details');
  details.addEventListener('toggle', async () => {
    if (details.open) put('output', await describeStock(id));
  });
  return card;
}

const describeStock = (id) =>
  ask(`/stock/${id}`).then(
    ({ available }) => (available > 0 ? `${available} in stock` : 'Sold out'),
    ({ message }) => message,
  );

function format({ amount, currency }) {
  const money = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  return money.format(amount / 10 ** money.resolvedOptions().maximumFractionDigits);
}

/** Any colour, but the same for the same category. */
const hueOf = (category) =>
  [...category].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 360, 7);

async function showCategories() {
  const { categories } = await ask('/categories');
  for (const { slug, name } of categories) {
    categoryNames.set(slug, name);
    element('categories').add(new Option(name, slug));
  }
}

async function begin() {
  try {
    await showCategories();
  } catch (error) {
    return showProblem(error, begin);
  }
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements.namedItem(name);
    if (field !== null) field.value = value;
  }
  await showFirstPage();
}

let typing;
form.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(showFirstPage, TYPING_PAUSE_MS);
});
form.addEventListener('submit', (event) => event.preventDefault());
more.addEventListener('click', showNextPage);
await begin();
