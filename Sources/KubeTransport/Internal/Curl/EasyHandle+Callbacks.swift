import CCurl
import Glibc

extension EasyHandle {
    /// Installs the callbacks, which find their transfer in the context set by ``attach(_:)``.
    func setCallbacks() {
        setCallback(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let context else { return 0 }
            let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().receive(headLine: line)
                ? line.count : 0
        }
        setCallback(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let context else { return 0 }
            let body = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return switch Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().receive(body: body) {
            case .taken: body.count
            case .pause: Int(CURL_WRITEFUNC_PAUSE)
            case .stop: 0
            }
        }
        setCallback(CURLOPT_READFUNCTION) { bytes, size, count, context in
            guard let context, let bytes else { return Int(CURL_READFUNC_ABORT) }
            let room = UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
            return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().fill(room)
                ?? Int(CURL_READFUNC_ABORT)
        }
        setSeekCallback { context, offset, origin in
            guard let context, origin == SEEK_SET else { return CURL_SEEKFUNC_FAIL }
            Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().rewind(to: Int(offset))
            return CURL_SEEKFUNC_OK
        }
        setBeforeSendCallback { context, _, _, _, _ in
            guard let context else { return CURL_PREREQFUNC_ABORT }
            let maySend = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().maySend()
            return maySend ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
    }

    /// Makes `transfer` the context of the callbacks.
    ///
    /// Unretained: the loop keeps a transfer for as long as its handle is in the multi handle, and libcurl calls back
    /// only for handles that are.
    func attach(_ transfer: Transfer) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        set(CURLOPT_PRIVATE, pointer: context)
        set(CURLOPT_HEADERDATA, pointer: context)
        set(CURLOPT_WRITEDATA, pointer: context)
        set(CURLOPT_READDATA, pointer: context)
        set(CURLOPT_SEEKDATA, pointer: context)
        set(CURLOPT_PREREQDATA, pointer: context)
    }
}
