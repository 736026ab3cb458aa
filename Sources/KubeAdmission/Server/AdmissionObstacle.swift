/// Why a handler cannot answer, in words that are meant for whoever asks, who need not be an API server: nothing that somebody else said, and
/// no name that was not in the question.
///
/// Every other error is for the log alone.
package protocol AdmissionObstacle: Error, CustomStringConvertible {}
