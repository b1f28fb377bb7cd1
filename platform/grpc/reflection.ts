// grpc.reflection.v1: the server tells its contracts, so that `buf curl` or grpcurl can call it without having them. It
// sends the descriptors as they were built, rules and comments included.
import { status, type Server, type ServerDuplexStream } from '@grpc/grpc-js';
import { toBinary, type DescFile } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import {
  ServerReflectionService,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from '../../generated/protos/grpc/reflection/v1/reflection.ts';
import { descriptors } from './descriptors.ts';

const ALWAYS = ['grpc.health.v1.Health', 'grpc.reflection.v1.ServerReflection'];

/**
 * @param services full names, as listed to whoever asks.
 * @param stopping ends the streams of tools that stay connected, since they do not end by themselves.
 */
export function addReflection(server: Server, services: readonly string[], stopping: AbortSignal): void {
  const names = [...services, ...ALWAYS];
  server.addService(ServerReflectionService, {
    serverReflectionInfo(call: ServerDuplexStream<ServerReflectionRequest, ServerReflectionResponse>) {
      call.on('data', (request: ServerReflectionRequest) =>
        call.write({ validHost: '', originalRequest: request, messageResponse: answer(request, names) }),
      );
      const end = () => {
        stopping.removeEventListener('abort', end);
        call.end();
      };
      stopping.addEventListener('abort', end);
      call.once('end', end);
      call.once('cancelled', end);
    },
  });
}

type Answer = ServerReflectionResponse['messageResponse'];

function answer({ messageRequest: question }: ServerReflectionRequest, names: readonly string[]): Answer {
  const { registry } = descriptors();
  switch (question?.$case) {
    case 'listServices':
      return { $case: 'listServicesResponse', value: { service: names.map((name) => ({ name })) } };
    case 'fileByFilename':
      return filesFrom(registry.getFile(question.value), question.value);
    case 'fileContainingSymbol':
      return filesFrom(fileOf(question.value), question.value);
    case 'fileContainingExtension': {
      const { containingType, extensionNumber } = question.value;
      const extension = [...registry].find(
        (each) =>
          each.kind === 'extension' &&
          each.extendee.typeName === containingType &&
          each.number === extensionNumber,
      );
      return filesFrom(extension?.kind === 'extension' ? extension.file : undefined, containingType);
    }
    case 'allExtensionNumbersOfType': {
      const extensionNumber = [...registry].flatMap((each) =>
        each.kind === 'extension' && each.extendee.typeName === question.value ? [each.number] : [],
      );
      return {
        $case: 'allExtensionNumbersResponse',
        value: { baseTypeName: question.value, extensionNumber },
      };
    }
    default:
      return refuse(status.INVALID_ARGUMENT, 'no question was asked');
  }
}

/** A symbol is a type, or a member of one: a call of a service, say. */
function fileOf(symbol: string): DescFile | undefined {
  const { registry } = descriptors();
  return (registry.get(symbol) ?? registry.get(symbol.replace(/\.[^.]+$/, '')))?.file;
}

/** The file with everything that it imports, so that one answer is enough. */
function filesFrom(file: DescFile | undefined, asked: string): Answer {
  if (file === undefined) return refuse(status.NOT_FOUND, `${asked} is not known here`);
  const files = new Set<DescFile>();
  const collect = (each: DescFile) => {
    if (files.has(each)) return;
    files.add(each);
    each.dependencies.forEach(collect);
  };
  collect(file);
  const fileDescriptorProto = [...files].map((each) =>
    Buffer.from(toBinary(FileDescriptorProtoSchema, each.proto)),
  );
  return { $case: 'fileDescriptorResponse', value: { fileDescriptorProto } };
}

const refuse = (errorCode: number, errorMessage: string): Answer => ({
  $case: 'errorResponse',
  value: { errorCode, errorMessage },
});
