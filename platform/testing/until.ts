// Tests wait for a condition, never for a while; the bound only tells a broken test from a slow machine.

/** @throws {Error} where the condition has not come within 45 seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 45_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
