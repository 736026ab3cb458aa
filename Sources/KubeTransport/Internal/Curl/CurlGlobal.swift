import CCurl

/// libcurl's global state: set up once, before the first handle, and kept for the life of the process.
enum CurlGlobal {
    /// The result of the set-up. libcurl is not usable unless it is `CURLE_OK`.
    static let status = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
}
