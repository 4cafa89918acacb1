#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# recipe-touches-neighbour.sh BDF: memory decode off and on, as a careless recipe does it.
set -eu

barshift-guest decode "$1" off
barshift-guest decode "$1" on
