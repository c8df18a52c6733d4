# The loop that answers bench, a line for a line:
#
#   check NAME THREADS    sets the case up, runs a step; Σ|x| of each of its results
#   time THREADS SECONDS  runs it again for about so long; nanoseconds of one step
#   quit                  ends
#
# Before the first answer it says what it is.


def mapped(word):
    """The path of a library that this process has loaded, None if it has not."""
    try:
        with open("/proc/self/maps") as maps:
            return next((line.split()[-1] for line in maps if word in line), None)
    except OSError:
        return None


def load_openblas():
    path = mapped("libopenblas")
    return path and ctypes.CDLL(path)


OPENBLAS = load_openblas()


def describe():
    text = f"PyTorch {torch.__version__}, Python {platform.python_version()}"
    for line in torch.__config__.show().splitlines():
        if "CPU capability" in line:
            text += ", kernels for " + line.split(":")[-1].strip().split()[-1]
    if OPENBLAS and hasattr(OPENBLAS, "openblas_get_config"):
        OPENBLAS.openblas_get_config.restype = ctypes.c_char_p
        words = OPENBLAS.openblas_get_config().decode().split()
        core = next((w for w in reversed(words) if "=" not in w), "")
        text += f", {words[0]} {words[1]} with kernels for {core}"
    return text


def set_threads(n):
    torch.set_num_threads(n)
    if OPENBLAS:  # built on POSIX threads it does not follow PyTorch's setting
        OPENBLAS.openblas_set_num_threads(n)


def timed(step, seconds):
    """Nanoseconds of one step. bench/measure.go has the same loop."""
    clock = time.perf_counter
    start = clock()
    while True:
        step()
        if clock() - start >= seconds / 2:
            break
    n, batch, start = 0, 1, clock()
    while clock() - start < seconds:
        for _ in range(batch):
            step()
        n += batch
        batch = min(2 * batch, 64)
    return (clock() - start) / n * 1e9


def serve():
    print(describe(), flush=True)
    step = None
    for line in sys.stdin:
        words = line.split()
        if words[0] == "quit":
            return
        if words[0] == "check":
            step = None
            gc.collect()
            set_threads(int(words[2]))
            function, _, arguments = words[1].partition(":")
            step = CASES[function](*[a for a in arguments.split(",") if a])
            print(*[x.detach().double().abs().sum().item() for x in step()], flush=True)
        else:
            set_threads(int(words[1]))
            print(timed(step, float(words[2])), flush=True)


serve()
