"""A gRPC server on Debian's python3-grpcio, with reflection; its messages are described here, so that nothing has to be generated.

Prints its port; the argument is the longest age of a connection in ms, if there is one. For each line on its input it prints what it counted so far, as JSON. Ends with its input.
"""
import json
import sys
import threading
import time
from concurrent import futures

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

FIELD = descriptor_pb2.FieldDescriptorProto


def described(name, package, messages, dependencies=(), services=()):
    proto = descriptor_pb2.FileDescriptorProto(name=name, package=package, syntax="proto3", dependency=dependencies)
    for message_name, fields in messages.items():
        message = proto.message_type.add(name=message_name)
        for number, (field, kind, label, type_name) in enumerate(fields, 1):
            message.field.add(name=field, number=number, type=kind, label=label, type_name=type_name)
    for service_name, methods in services:
        service = proto.service.add(name=service_name)
        for method, streams_in, streams_out in methods:
            service.method.add(
                name=method,
                input_type=".peer.words.Word",
                output_type=".peer.words.Word",
                client_streaming=streams_in,
                server_streaming=streams_out,
            )
    return proto


ONE, MANY = FIELD.LABEL_OPTIONAL, FIELD.LABEL_REPEATED
METHODS = [("Say", False, False), ("Stream", False, True), ("Collect", True, False), ("All", True, True)]
WORDS = described(
    "peer/words.proto",
    "peer.words",
    {
        "Word": [
            ("text", FIELD.TYPE_STRING, ONE, None),
            ("number", FIELD.TYPE_INT64, ONE, None),
            ("repeat", FIELD.TYPE_INT32, ONE, None),
            ("pause_ms", FIELD.TYPE_INT32, ONE, None),
            ("tags", FIELD.TYPE_STRING, MANY, None),
        ]
    },
)
PEER = described("peer/peer.proto", "peer", {}, ["peer/words.proto"], [("Peer", METHODS)])
# The part of the standard service that clients ask; request 3 and 4 and answer 4 and 7 are its numbers.
REFLECTION = descriptor_pb2.FileDescriptorProto(name="reflection.proto", package="grpc.reflection.v1alpha", syntax="proto3")
ask = REFLECTION.message_type.add(name="ServerReflectionRequest")
ask.field.add(name="file_by_filename", number=3, type=FIELD.TYPE_STRING, label=ONE)
ask.field.add(name="file_containing_symbol", number=4, type=FIELD.TYPE_STRING, label=ONE)
files = REFLECTION.message_type.add(name="FileDescriptorResponse")
files.field.add(name="file_descriptor_proto", number=1, type=FIELD.TYPE_BYTES, label=MANY)
error = REFLECTION.message_type.add(name="ErrorResponse")
error.field.add(name="error_code", number=1, type=FIELD.TYPE_INT32, label=ONE)
error.field.add(name="error_message", number=2, type=FIELD.TYPE_STRING, label=ONE)
answer = REFLECTION.message_type.add(name="ServerReflectionResponse")
PART = ".grpc.reflection.v1alpha."
answer.field.add(name="file_descriptor_response", number=4, type=FIELD.TYPE_MESSAGE, label=ONE, type_name=PART + "FileDescriptorResponse")
answer.field.add(name="error_response", number=7, type=FIELD.TYPE_MESSAGE, label=ONE, type_name=PART + "ErrorResponse")

pool = descriptor_pool.DescriptorPool()
for file in (WORDS, PEER, REFLECTION):
    pool.Add(file)
factory = message_factory.MessageFactory(pool)


def message_class(name):
    return factory.GetPrototype(pool.FindMessageTypeByName(name))


Word = message_class("peer.words.Word")
Ask = message_class("grpc.reflection.v1alpha.ServerReflectionRequest")
Answer = message_class("grpc.reflection.v1alpha.ServerReflectionResponse")

lock = threading.Lock()
counts = {"calls": 0, "cancelled": 0, "deadlines": [], "metadata": {}}


def begin(context):
    with lock:
        counts["calls"] += 1
        remaining = context.time_remaining()
        counts["deadlines"].append(None if remaining is None else round(remaining, 3))
        counts["deadlines"] = counts["deadlines"][-10:]
        counts["metadata"] = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}

    def ended():
        if context.code() is None and not finished.is_set():
            with lock:
                counts["cancelled"] += 1

    finished = threading.Event()
    context.add_callback(ended)
    return finished


def judge(word, context):
    if word.text.startswith("!"):
        context.abort(grpc.StatusCode(tuple(code.value for code in grpc.StatusCode if code.value[0] == int(word.text[1:]))[0]), "as asked: ☺")


def say(word, context):
    finished = begin(context)
    time.sleep(word.pause_ms / 1000)
    judge(word, context)
    finished.set()
    return word


def stream(word, context):
    finished = begin(context)
    for index in range(word.repeat):
        time.sleep(word.pause_ms / 1000)
        if not context.is_active():
            return
        yield Word(text=word.text, number=index)
    judge(word, context)
    finished.set()


def collect(words, context):
    finished = begin(context)
    texts = [word.text for word in words]
    finished.set()
    return Word(text=" ".join(texts), number=len(texts))


def everything(words, context):
    finished = begin(context)
    for index, word in enumerate(words):
        yield Word(text=word.text, number=index)
    finished.set()


def reflect(questions, context):
    by_name = {file.name: file for file in (WORDS, PEER)}
    for question in questions:
        name = "peer/peer.proto" if question.file_containing_symbol == "peer.Peer" else question.file_by_filename
        reply = Answer()
        if name in by_name:
            reply.file_descriptor_response.file_descriptor_proto.append(by_name[name].SerializeToString())
        else:
            reply.error_response.error_code = 5
            reply.error_response.error_message = "not found"
        yield reply


def handler(make, function, request=Word):
    return make(function, request.FromString, lambda message: message.SerializeToString())


# The longest age of a connection, ms: then it says goodbye.
ages = [("grpc.max_connection_age_ms", int(sys.argv[1])), ("grpc.max_connection_age_grace_ms", 5000)] if len(sys.argv) > 1 else []
server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=ages)
server.add_generic_rpc_handlers(
    [
        grpc.method_handlers_generic_handler(
            "peer.Peer",
            {
                "Say": handler(grpc.unary_unary_rpc_method_handler, say),
                "Stream": handler(grpc.unary_stream_rpc_method_handler, stream),
                "Collect": handler(grpc.stream_unary_rpc_method_handler, collect),
                "All": handler(grpc.stream_stream_rpc_method_handler, everything),
            },
        ),
        grpc.method_handlers_generic_handler(
            "grpc.reflection.v1alpha.ServerReflection",
            {"ServerReflectionInfo": handler(grpc.stream_stream_rpc_method_handler, reflect, Ask)},
        ),
    ]
)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
for _line in sys.stdin:
    with lock:
        print(json.dumps(counts), flush=True)
server.stop(0)
