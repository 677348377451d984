"""The server of the gRPC interoperability tests on Debian's python3-grpcio.

The first line of its input is a JSON list of file descriptors in base64; then it prints its port. For each further line it prints
what it counted so far, as JSON. Ends with its input.
"""
import base64
import json
import sys
import threading
from concurrent import futures

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

pool = descriptor_pool.DescriptorPool()
for described in json.loads(sys.stdin.readline()):
    pool.Add(descriptor_pb2.FileDescriptorProto.FromString(base64.b64decode(described)))
factory = message_factory.MessageFactory(pool)
service = pool.FindServiceByName("grpc.testing.TestService")
INITIAL, TRAILING = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin"

lock = threading.Lock()
counts = {"calls": 0, "cancelled": 0}


def begin(context):
    """Counts a call, sends back the metadata that the custom_metadata case asks for, and says how to end."""
    with lock:
        counts["calls"] += 1
    finished = threading.Event()
    finished.over = threading.Event()

    def ended():
        finished.over.set()
        if not finished.is_set():
            with lock:
                counts["cancelled"] += 1

    if not context.add_callback(ended):
        ended()
    asked = dict(context.invocation_metadata())
    if INITIAL in asked:
        context.send_initial_metadata(((INITIAL, asked[INITIAL]),))
    if TRAILING in asked:
        context.set_trailing_metadata(((TRAILING, asked[TRAILING]),))
    return finished


def unless_cancelled(finished):
    """The requests of a cancelled call just end, as those of one that is complete do; the cancellation is told right after."""
    if not finished.over.wait(0.1):
        finished.set()


def judge(request, context, finished):
    code = request.response_status.code
    if code:
        finished.set()
        known = [status for status in grpc.StatusCode if status.value[0] == code]
        context.abort(known[0], request.response_status.message)


def message_class(descriptor):
    return factory.GetPrototype(descriptor)


def reply_of(method, **fields):
    return message_class(service.methods_by_name[method].output_type)(**fields)


def payload(size):
    return {"payload": {"body": bytes(size)}}


def empty(_request, context):
    begin(context).set()
    return reply_of("EmptyCall")


def unary(request, context):
    finished = begin(context)
    judge(request, context, finished)
    finished.set()
    return reply_of("UnaryCall", **payload(request.response_size))


def streaming_output(request, context):
    finished = begin(context)
    for wanted in request.response_parameters:
        yield reply_of("StreamingOutputCall", **payload(wanted.size))
    finished.set()


def streaming_input(requests, context):
    finished = begin(context)
    total = sum(len(request.payload.body) for request in requests)
    unless_cancelled(finished)
    return reply_of("StreamingInputCall", aggregated_payload_size=total)


def full_duplex(requests, context):
    finished = begin(context)
    for request in requests:
        judge(request, context, finished)
        for wanted in request.response_parameters:
            yield reply_of("FullDuplexCall", **payload(wanted.size))
    unless_cancelled(finished)


def handler(name, make, function):
    method = service.methods_by_name[name]
    return make(function, message_class(method.input_type).FromString, lambda message: message.SerializeToString())


server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=[("grpc.max_receive_message_length", -1)])
handlers = {
    "EmptyCall": handler("EmptyCall", grpc.unary_unary_rpc_method_handler, empty),
    "UnaryCall": handler("UnaryCall", grpc.unary_unary_rpc_method_handler, unary),
    "StreamingOutputCall": handler("StreamingOutputCall", grpc.unary_stream_rpc_method_handler, streaming_output),
    "StreamingInputCall": handler("StreamingInputCall", grpc.stream_unary_rpc_method_handler, streaming_input),
    "FullDuplexCall": handler("FullDuplexCall", grpc.stream_stream_rpc_method_handler, full_duplex),
}
server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("grpc.testing.TestService", handlers)])
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
for _line in sys.stdin:
    with lock:
        print(json.dumps(counts), flush=True)
server.stop(0)
