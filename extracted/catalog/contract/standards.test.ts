// What every gRPC tool expects of a server, from the catalog: health as a load balancer asks for it, and reflection as
// grpcurl does.
import { Client, credentials } from '@grpc/grpc-js';
import {
  create,
  createFileRegistry,
  fromBinary,
  toBinary,
  type DescMessage,
  type Registry,
} from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { pino } from 'pino';
import {
  HealthCheckResponse_ServingStatus as Status,
  HealthService,
} from '../../../generated/protos/grpc/health/v1/health.ts';
import {
  ServerReflectionService,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from '../../../generated/protos/grpc/reflection/v1/reflection.ts';
import { connectGrpc, type GrpcClient } from '#platform/grpc/client.ts';
import { until } from '#platform/testing/until.ts';
import { openContract, SERVICE, type Contract } from './testing-contract.ts';

const ALL_OF_IT = '';

let contract: Contract;
beforeAll(async () => (contract = await openContract()));
afterAll(() => contract.close());

describe('health', () => {
  let health: GrpcClient<typeof HealthService>;
  beforeAll(() => {
    const addresses = [contract.service.address];
    health = connectGrpc(HealthService, {
      addresses,
      defaultDeadlineMs: 30_000,
      log: pino({ level: 'silent' }),
    });
  });
  afterEach(() => contract.database.answer(true));
  afterAll(() => health.close());

  test('is told of the server as a whole, of the service, and of no other', async () => {
    for (const service of [ALL_OF_IT, SERVICE])
      expect(await health.check({ service })).toEqual({ status: Status.SERVING });
    await expect(health.check({ service: 'shop.orders.v1.OrdersService' })).rejects.toMatchObject({
      kind: 'not_found',
    });
  });

  test('is red while the database is away, and whoever watches sees it come and go', async () => {
    const { database } = contract;
    const told = [ALL_OF_IT, SERVICE].map((): Status[] => []);
    const leave = new AbortController();
    const watching = [ALL_OF_IT, SERVICE].map(async (service, index) => {
      for await (const { status } of health.watch({ service }, { signal: leave.signal }))
        told[index]?.push(status);
    });
    const next = async (count: number) => {
      await until(() => told.every(({ length }) => length >= count));
      return told.map((statuses) => statuses.at(count - 1));
    };
    expect(await next(1)).toEqual([Status.SERVING, Status.SERVING]);
    await database.answer(false);
    expect(await next(2)).toEqual([Status.NOT_SERVING, Status.NOT_SERVING]);
    for (const service of [ALL_OF_IT, SERVICE])
      expect(await health.check({ service })).toEqual({ status: Status.NOT_SERVING });
    await database.answer(true);
    expect(await next(3)).toEqual([Status.SERVING, Status.SERVING]);
    leave.abort();
    await Promise.allSettled(watching);
  });

  test('of a service that is not here is unknown to whoever watches', async () => {
    for await (const { status } of health.watch({ service: 'shop.orders.v1.OrdersService' })) {
      expect(status).toBe(Status.SERVICE_UNKNOWN);
      break;
    }
  });
});

describe('reflection', () => {
  let client: Client;
  beforeAll(() => (client = new Client(contract.service.address, credentials.createInsecure())));
  afterAll(() => client.close());

  async function ask(question: ServerReflectionRequest['messageRequest']) {
    const { path, requestSerialize, responseDeserialize } = ServerReflectionService.serverReflectionInfo;
    const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    stream.end({ host: '', messageRequest: question });
    const [answer] = (await stream.toArray()) as ServerReflectionResponse[];
    return answer?.messageResponse;
  }

  async function describeSymbol(value: string): Promise<Registry> {
    const answer = await ask({ $case: 'fileContainingSymbol', value });
    if (answer?.$case !== 'fileDescriptorResponse') throw new Error(JSON.stringify(answer));
    const files = answer.value.fileDescriptorProto.map((bytes) =>
      fromBinary(FileDescriptorProtoSchema, bytes),
    );
    const [first] = files;
    if (first === undefined) throw new Error(`nothing describes ${value}`);
    // Whoever asked for one symbol need ask for nothing else: what a file imports came with it.
    return createFileRegistry(first, (name) => files.find((file) => file.name === name));
  }

  test('lists the services', async () => {
    expect(await ask({ $case: 'listServices', value: '' })).toMatchObject({
      value: {
        service: [SERVICE, 'grpc.health.v1.Health', 'grpc.reflection.v1.ServerReflection'].map((name) => ({
          name,
        })),
      },
    });
  });

  test('describes every method, with every type that it is made of', async () => {
    const methods = (await describeSymbol(SERVICE)).getService(SERVICE)?.methods ?? [];
    expect(methods).toHaveLength(8);
    for (const { name } of methods) {
      const registry = await describeSymbol(`${SERVICE}.${name}`);
      const method = registry.getService(SERVICE)?.methods.find((each) => each.name === name);
      const seen = new Set<string>();
      const visit = (message: DescMessage | undefined) => {
        if (message === undefined || seen.has(message.typeName)) return;
        seen.add(message.typeName);
        expect(registry.getMessage(message.typeName)).toBe(message);
        for (const field of message.fields) visit(field.message);
      };
      for (const message of [method?.input, method?.output]) visit(message);
      expect(seen.size).toBeGreaterThan(1);
    }
  });

  test('says enough to call a method without having its contract', async () => {
    const { id } = await contract.create({ name: 'By reflection' });
    const service = (await describeSymbol(SERVICE)).getService(SERVICE);
    const method = service?.methods.find(({ name }) => name === 'GetProduct');
    if (method === undefined) throw new Error('there is no such method');
    const request = Buffer.from(toBinary(method.input, create(method.input, { id })));
    const answer = await contract.wire.raw(`/${SERVICE}/GetProduct`, request);
    expect(fromBinary(method.output, answer)).toMatchObject({ product: { id, name: 'By reflection' } });
  });
});
