// switch status: how the capabilities stand.
import type { Replica } from '../ownership/replica.ts';
import { formatStatus } from '../ownership/status-text.ts';
import { readStatus, type Status } from '../ownership/status.ts';
import type { Output } from './replicate.ts';

export async function runStatus(
  replicas: readonly Replica[],
  { json, print }: Pick<Output, 'json' | 'print'>,
): Promise<void> {
  const capabilities: Status[] = [];
  for (const replica of replicas) capabilities.push(await readStatus(replica));
  print(json ? JSON.stringify({ capabilities }) : capabilities.map(formatStatus).join('\n'));
}
