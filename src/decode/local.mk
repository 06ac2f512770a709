# SPDX-License-Identifier: GPL-3.0-or-later
#
# decode: frames to TCP segments.
libsmtpscope_a_SOURCES += \
	src/decode/addr.c \
	src/decode/checksum.c \
	src/decode/checksum.h \
	src/decode/decode.h \
	src/decode/decoder.c \
	src/decode/defrag.c \
	src/decode/defrag.h \
	src/decode/ether.c \
	src/decode/ip4.c \
	src/decode/ip6.c \
	src/decode/layout.c src/decode/layout.h \
	src/decode/layer.c \
	src/decode/layer.h \
	src/decode/link.c \
	src/decode/ppp.c \
	src/decode/tcp_header.c \
	src/decode/tunnel.c \
	src/decode/udp.c \
	src/decode/wifi.c
