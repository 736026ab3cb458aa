/// An application, for Python: HTTP on the first port, a silent TCP server on the second.
let applicationProgram = #"""
    import http.server
    import socket
    import sys
    import threading
    import time


    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            known = self.path in ("/health%20z?full=1", "/$(POD_NAME)", "/$$(POD_NAME)")
            self.send_response(200 if known else 500)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *arguments):
            pass


    def silent(port):
        server = socket.create_server(("127.0.0.1", port))
        held = []
        while True:
            held.append(server.accept())


    threading.Thread(target=silent, args=(int(sys.argv[2]),), daemon=True).start()
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
    """#
