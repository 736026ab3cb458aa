import CCurl
import Glibc

/// One libcurl transfer at a time, set up for one endpoint and used again and again: most of its options, and all that
/// are costly, belong to the endpoint.
///
/// Confined to the transport's thread, like everything that holds a pointer of libcurl's.
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private let errorBuffer: UnsafeMutablePointer<CChar>
    private var headers = StringList()
    private var connectTo = StringList()
    /// The first option that libcurl did not take. Checked once, before the handle is used.
    private(set) var failure: CURLcode = CURLE_OK

    init() throws(TransportError) {
        guard let pointer = curl_easy_init() else {
            throw TransportError(.resources, "no memory for a handle of libcurl", wasSent: false)
        }
        self.pointer = pointer
        errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        set(CURLOPT_ERRORBUFFER, pointer: errorBuffer)
    }

    deinit {
        curl_easy_cleanup(pointer)
        errorBuffer.deallocate()
    }

    /// libcurl's words on the last failure, more telling than those of the code.
    func message(for code: CURLcode) -> String {
        errorBuffer.pointee == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorBuffer)
    }

    func clearMessage() {
        errorBuffer.pointee = 0
    }

    func set(_ option: CURLoption, _ value: Int) {
        note(ccurl_easy_set_long(pointer, option, value))
    }

    func set(_ option: CURLoption, _ value: String?) {
        note(ccurl_easy_set_string(pointer, option, value))
    }

    func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) {
        note(ccurl_easy_set_pointer(pointer, option, value))
    }

    /// An empty blob is an error of libcurl's; `nil` leaves the option as it is.
    func set(_ option: CURLoption, blob: [UInt8]?) {
        guard let blob else { return }
        blob.withUnsafeBytes { note(ccurl_easy_set_blob(pointer, option, $0.baseAddress, $0.count)) }
    }

    func setCallback(_ option: CURLoption, _ callback: @escaping ccurl_data_callback) {
        note(ccurl_easy_set_data_callback(pointer, option, callback))
    }

    func setSocketOptionsCallback(_ callback: @escaping curl_sockopt_callback) {
        note(ccurl_easy_set_socket_options_callback(pointer, callback))
    }

    func setSeekCallback(_ callback: @escaping curl_seek_callback) {
        note(ccurl_easy_set_seek_callback(pointer, callback))
    }

    func setBeforeSendCallback(_ callback: @escaping curl_prereq_callback) {
        note(ccurl_easy_set_before_send_callback(pointer, callback))
    }

    func setHeaders(_ lines: [String]) {
        replace(&headers, CURLOPT_HTTPHEADER, lines)
    }

    func setConnectTo(_ rule: String) {
        replace(&connectTo, CURLOPT_CONNECT_TO, [rule])
    }

    /// Sets a copy of `body`.
    func setBody(_ body: [UInt8]) {
        note(ccurl_easy_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, body.count))
        if body.isEmpty {
            note(ccurl_easy_set_string(pointer, CURLOPT_COPYPOSTFIELDS, ""))
        } else {
            body.withUnsafeBytes { note(ccurl_easy_set_body(pointer, $0.baseAddress)) }
        }
    }

    /// Has a body of so many bytes asked for piece by piece.
    func setBody(askedFor count: Int) {
        set(CURLOPT_POST, 1)
        // Takes back what an earlier request had.
        set(CURLOPT_POSTFIELDS, pointer: nil)
        note(ccurl_easy_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, count))
    }

    /// Whether the transfer came so far that the server may have seen some of the request. A request to a proxy to open
    /// a tunnel does not count.
    var hasSent: Bool { offset(CURLINFO_PRETRANSFER_TIME_T) > 0 }

    func offset(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        return ccurl_easy_get_offset(pointer, info, &value) == CURLE_OK ? Int(value) : 0
    }

    /// libcurl borrows the list: the old one goes only after the new one is set.
    private func replace(_ list: inout StringList, _ option: CURLoption, _ lines: [String]) {
        var new = StringList()
        note(new.append(lines))
        note(ccurl_easy_set_list(pointer, option, new.head))
        list = consume new
    }

    private func note(_ code: CURLcode) {
        if failure == CURLE_OK {
            failure = code
        }
    }
}

/// Owns a list of libcurl's.
private struct StringList: ~Copyable {
    private(set) var head: UnsafeMutablePointer<curl_slist>?

    init() {}

    deinit {
        curl_slist_free_all(head)
    }

    mutating func append(_ strings: [String]) -> CURLcode {
        for string in strings {
            guard let head = curl_slist_append(head, string) else { return CURLE_OUT_OF_MEMORY }
            self.head = head
        }
        return CURLE_OK
    }
}
