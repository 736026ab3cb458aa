# An older nginx, Debian's, so that a change of image can be seen.
# shellcheck shell=bash disable=SC2034
# shellcheck source-path=SCRIPTDIR source=nginx.sh
source "$HERE/images/nginx.sh"
REFERENCES=(library/nginx:1.22)

fill() {
    fill_nginx "$1"
    add_program "$1" "$DEB_ROOT/usr/sbin/nginx" /usr/sbin/nginx
    # Its compiled-in log file is opened before the configuration is read.
    ln -s /dev/stderr "$1/var/log/nginx/error.log"
    mkdir -p "$1/var/lib/nginx"
}
