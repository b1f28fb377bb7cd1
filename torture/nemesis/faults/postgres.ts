// PostgreSQL's processes die, one or all, or stand still for a while.
import { withClient } from '#platform/postgres/owners.ts';
import { duringSwitch, type Fault, type Round } from '../fault.ts';
import { signal } from '../stopped-processes.ts';

/** PostgreSQL takes the death of any of its children for damage, and starts all of them anew. */
export const backendKilled: Fault = {
  name: 'backend-killed',
  async run(round) {
    const [pid, type] = await anyProcess(round);
    await duringSwitch(round, async () => {
      round.note(`SIGKILL to the ${round.side}'s ${type}`);
      signal(pid, 'SIGKILL');
      await round.pause(200, 1_000);
    });
  },
};

export const postmasterKilled: Fault = {
  name: 'postmaster-killed',
  run: (round) =>
    duringSwitch(round, async () => {
      const { ground, side, note, pause } = round;
      const cluster = ground.clusters[side];
      note(`SIGKILL to the ${side}'s postmaster`);
      signal(cluster.postmaster() ?? 0, 'SIGKILL');
      await pause(0, 1_000);
      await cluster.start();
      note(`the ${side}'s PostgreSQL runs again`);
    }),
};

export const restarted: Fault = {
  name: 'postgres-restarted',
  run: (round) =>
    duringSwitch(round, async () => {
      const { ground, side, note, pause } = round;
      note(`fast shutdown of the ${side}'s PostgreSQL`);
      await ground.clusters[side].stop();
      await pause(0, 500);
      await ground.clusters[side].start();
      note(`the ${side}'s PostgreSQL runs again`);
    }),
};

export const backendStopped: Fault = {
  name: 'backend-stopped',
  async run(round) {
    const [pid, type] = await anyProcess(round);
    await duringSwitch(round, async () => {
      round.note(`SIGSTOP to the ${round.side}'s ${type}`);
      await hold(round, [pid], 3_000);
    });
  },
};

export const postmasterStopped: Fault = {
  name: 'postmaster-stopped',
  run: (round) =>
    duringSwitch(round, async () => {
      round.note(`SIGSTOP to the ${round.side}'s postmaster: nobody can connect`);
      await hold(round, [round.ground.clusters[round.side].postmaster() ?? 0], 2_500);
    }),
};

/** As a virtual machine that is paused. */
export const clusterStopped: Fault = {
  name: 'cluster-stopped',
  run: (round) =>
    duringSwitch(round, async () => {
      const cluster = round.ground.clusters[round.side];
      round.note(`SIGSTOP to every process of the ${round.side}'s PostgreSQL`);
      await hold(round, [cluster.postmaster() ?? 0, ...cluster.children()], 3_500);
    }),
};

async function hold({ stopped, pause, note }: Round, pids: readonly number[], atMost: number): Promise<void> {
  try {
    stopped.stop(pids);
    await pause(300, atMost);
  } finally {
    stopped.continueAll();
    note('SIGCONT');
  }
}

/** First a kind of process, then one of the kind: there are many sessions, and one of everything else. */
async function anyProcess({ ground, side, dice }: Round): Promise<readonly [number, string]> {
  const rows = await withClient(ground.direct.urls[side], async (admin) => {
    const found = await admin.query<{ pid: number; type: string }>(
      `SELECT pid, backend_type || coalesce(' ' || nullif(application_name, ''), '') AS type
       FROM pg_stat_activity WHERE pid <> pg_backend_pid() ORDER BY 2, 1`,
    );
    return found.rows;
  });
  const type = dice.pick([...new Set(rows.map((row) => row.type))]);
  const { pid } = dice.pick(rows.filter((row) => row.type === type));
  return [pid, type];
}
