import Foundation

/// One pass of the Stockham transform: `length` points in groups of one radix, `stride` transforms side by side.
///
/// y[r + s(pq + j)] = w^(qj) Σₖ x[r + s(q + mk)] · exp(−2πijk/p), with m = length/p and w the root of order `length`.
struct Pass {
    let xr: UnsafePointer<Double>
    let xi: UnsafePointer<Double>
    let yr: UnsafeMutablePointer<Double>
    let yi: UnsafeMutablePointer<Double>
    let cosines: UnsafePointer<Double>
    let sines: UnsafePointer<Double>
    /// Length of the whole transform, whose roots the tables hold.
    let count: Int
    let length: Int
    let stride: Int

    func run(_ radix: Int) {
        switch radix {
        case 2: radix2()
        case 3: radix3()
        case 4: radix4()
        case 5: radix5()
        default: general(radix)
        }
    }

    private func radix2() {
        let m = length / 2
        let step = count / length
        for q in 0..<m {
            let (c, s) = (cosines[q * step], sines[q * step])
            for r in 0..<stride {
                let a = r + stride * q
                let b = a + stride * m
                let out = r + stride * 2 * q
                let (dr, di) = (xr[a] - xr[b], xi[a] - xi[b])
                yr[out] = xr[a] + xr[b]
                yi[out] = xi[a] + xi[b]
                yr[out + stride] = dr * c - di * s
                yi[out + stride] = dr * s + di * c
            }
        }
    }

    private func radix3() {
        let m = length / 3
        let step = count / length
        let half = 0.75.squareRoot()
        for q in 0..<m {
            let (c1, s1) = (cosines[q * step], sines[q * step])
            let (c2, s2) = (cosines[2 * q * step], sines[2 * q * step])
            for r in 0..<stride {
                let a = r + stride * q
                let (b, c) = (a + stride * m, a + 2 * stride * m)
                let out = r + stride * 3 * q
                let (tr, ti) = (xr[b] + xr[c], xi[b] + xi[c])
                let (ur, ui) = (half * (xi[b] - xi[c]), half * (xr[c] - xr[b]))
                let (mr, mi) = (xr[a] - 0.5 * tr, xi[a] - 0.5 * ti)
                yr[out] = xr[a] + tr
                yi[out] = xi[a] + ti
                let (pr, pi) = (mr + ur, mi + ui)
                let (nr, ni) = (mr - ur, mi - ui)
                yr[out + stride] = pr * c1 - pi * s1
                yi[out + stride] = pr * s1 + pi * c1
                yr[out + 2 * stride] = nr * c2 - ni * s2
                yi[out + 2 * stride] = nr * s2 + ni * c2
            }
        }
    }

    private func radix4() {
        let m = length / 4
        let step = count / length
        for q in 0..<m {
            let (c1, s1) = (cosines[q * step], sines[q * step])
            let (c2, s2) = (cosines[2 * q * step], sines[2 * q * step])
            let (c3, s3) = (cosines[3 * q * step], sines[3 * q * step])
            for r in 0..<stride {
                let a = r + stride * q
                let (b, c, d) = (a + stride * m, a + 2 * stride * m, a + 3 * stride * m)
                let out = r + stride * 4 * q
                let (er, ei) = (xr[a] + xr[c], xi[a] + xi[c])
                let (fr, fi) = (xr[a] - xr[c], xi[a] - xi[c])
                let (gr, gi) = (xr[b] + xr[d], xi[b] + xi[d])
                // −i (b − d)
                let (hr, hi) = (xi[b] - xi[d], xr[d] - xr[b])
                yr[out] = er + gr
                yi[out] = ei + gi
                let (r1, i1) = (fr + hr, fi + hi)
                let (r2, i2) = (er - gr, ei - gi)
                let (r3, i3) = (fr - hr, fi - hi)
                yr[out + stride] = r1 * c1 - i1 * s1
                yi[out + stride] = r1 * s1 + i1 * c1
                yr[out + 2 * stride] = r2 * c2 - i2 * s2
                yi[out + 2 * stride] = r2 * s2 + i2 * c2
                yr[out + 3 * stride] = r3 * c3 - i3 * s3
                yi[out + 3 * stride] = r3 * s3 + i3 * c3
            }
        }
    }

    private func radix5() {
        let m = length / 5
        let step = count / length
        let (k1, k2) = (cos(0.4 * Double.pi), cos(0.8 * Double.pi))
        let (l1, l2) = (sin(0.4 * Double.pi), sin(0.8 * Double.pi))
        for q in 0..<m {
            let (c1, s1) = (cosines[q * step], sines[q * step])
            let (c2, s2) = (cosines[2 * q * step], sines[2 * q * step])
            let (c3, s3) = (cosines[3 * q * step], sines[3 * q * step])
            let (c4, s4) = (cosines[4 * q * step], sines[4 * q * step])
            for r in 0..<stride {
                let a = r + stride * q
                let (b, c, d, e) = (a + stride * m, a + 2 * stride * m, a + 3 * stride * m, a + 4 * stride * m)
                let out = r + stride * 5 * q
                let (t1r, t1i) = (xr[b] + xr[e], xi[b] + xi[e])
                let (t2r, t2i) = (xr[c] + xr[d], xi[c] + xi[d])
                let (t3r, t3i) = (xr[b] - xr[e], xi[b] - xi[e])
                let (t4r, t4i) = (xr[c] - xr[d], xi[c] - xi[d])
                yr[out] = xr[a] + t1r + t2r
                yi[out] = xi[a] + t1i + t2i
                let (m1r, m1i) = (xr[a] + k1 * t1r + k2 * t2r, xi[a] + k1 * t1i + k2 * t2i)
                let (m2r, m2i) = (xr[a] + k2 * t1r + k1 * t2r, xi[a] + k2 * t1i + k1 * t2i)
                let (n1r, n1i) = (l1 * t3i + l2 * t4i, -(l1 * t3r + l2 * t4r))
                let (n2r, n2i) = (l2 * t3i - l1 * t4i, -(l2 * t3r - l1 * t4r))
                let (r1, i1) = (m1r + n1r, m1i + n1i)
                let (r2, i2) = (m2r + n2r, m2i + n2i)
                let (r3, i3) = (m2r - n2r, m2i - n2i)
                let (r4, i4) = (m1r - n1r, m1i - n1i)
                yr[out + stride] = r1 * c1 - i1 * s1
                yi[out + stride] = r1 * s1 + i1 * c1
                yr[out + 2 * stride] = r2 * c2 - i2 * s2
                yi[out + 2 * stride] = r2 * s2 + i2 * c2
                yr[out + 3 * stride] = r3 * c3 - i3 * s3
                yi[out + 3 * stride] = r3 * s3 + i3 * c3
                yr[out + 4 * stride] = r4 * c4 - i4 * s4
                yi[out + 4 * stride] = r4 * s4 + i4 * c4
            }
        }
    }

    /// Any small radix, by its definition.
    private func general(_ p: Int) {
        let m = length / p
        let step = count / length
        let root = count / p
        for q in 0..<m {
            for j in 0..<p {
                let (c, s) = (cosines[q * j * step], sines[q * j * step])
                for r in 0..<stride {
                    var (sumR, sumI) = (0.0, 0.0)
                    for k in 0..<p {
                        let index = r + stride * (q + m * k)
                        let (wr, wi) = (cosines[(j * k % p) * root], sines[(j * k % p) * root])
                        sumR += xr[index] * wr - xi[index] * wi
                        sumI += xr[index] * wi + xi[index] * wr
                    }
                    let out = r + stride * (p * q + j)
                    yr[out] = sumR * c - sumI * s
                    yi[out] = sumR * s + sumI * c
                }
            }
        }
    }
}
